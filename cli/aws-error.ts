import { FanoutError, isFanoutError } from '../lib/errors.ts';

/** AWS could not be asked, or refused. */
export class AwsError extends FanoutError {
  override readonly name = 'AwsError';
  readonly code = 'AWS_UNAVAILABLE';
  readonly retryable = false;
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/credential/i, 'Set AWS_PROFILE, or sign in with the AWS CLI, so that there are credentials.'],
  [/region is missing/i, 'Set AWS_REGION to the Region of the stack.'],
  [
    /AccessDenied|NotAuthorized|Forbidden|ExpiredToken|InvalidClientTokenId/i,
    'Use credentials of the account that may read it.',
  ],
  [/NoSuchBucket/, 'Correct the name, or set AWS_REGION to the Region of the bucket.'],
  [
    /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|Timeout/i,
    'See whether this machine reaches AWS, and what AWS_ENDPOINT_URL says.',
  ],
];

/** What an AWS client threw, with what to do about it; errors of ours, and bugs, stay as they are. */
export const teachAws = (error: unknown): unknown => {
  if (!(error instanceof Error) || isFanoutError(error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const said = `${error.name} ${code} ${error.message}`;
  const [, advice] = ADVICE.find(([pattern]) => pattern.test(said)) ?? [];
  const isFromAws = '$metadata' in error || '$service' in error;
  if (advice === undefined && !isFromAws) return error;
  const reason = error.message || code || error.name;
  return new AwsError(`AWS: ${[`${error.name}: ${reason}`, advice].filter(Boolean).join(' – ')}`, {
    cause: error,
  });
};
