import { SecretValue } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { explain } from './explained.ts';

/** Where the sender finds the Mixpanel credentials. */
export interface CredentialsSecret {
  readonly name: string;
  /** What the sender asks for: a name may end like the suffix of an ARN, so the ARN where it is known. */
  readonly id: string;
  /** For a policy: the ARN, with wildcards for the suffix that Secrets Manager adds to a name. */
  readonly arnPattern: string;
}

/** The secret of that name, which exists already; without a name, a new secret that holds no credentials yet. */
export const credentialsSecret = (
  scope: Construct,
  { secretName, key }: { readonly secretName?: string | undefined; readonly key?: IKey | undefined },
): CredentialsSecret => {
  if (secretName === undefined) return newSecret(scope, key);
  const { secretArn } = Secret.fromSecretNameV2(scope, 'Credentials', secretName);
  return { name: secretName, id: secretName, arnPattern: `${secretArn}-??????` };
};

const newSecret = (scope: Construct, key: IKey | undefined): CredentialsSecret => {
  const secret = new Secret(scope, 'Credentials', {
    description: 'Mixpanel credentials: {"token":"…"} or {"serviceAccount":"…","secret":"…","projectId":"…"}',
    ...(key && { encryptionKey: key }),
    // The stack never changes this again, so a deploy leaves in place what was put there since.
    secretObjectValue: { token: SecretValue.unsafePlainText('') },
  });
  explain(
    secret,
    'AwsSolutions-SMG4',
    'Mixpanel gives out tokens and service accounts by hand only, so no function could rotate them. A new value counts within five minutes, without a deploy.',
  );
  const { secretName, secretArn } = secret;
  return { name: secretName, id: secretArn, arnPattern: secretArn };
};
