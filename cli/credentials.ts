import { UsageError } from './usage-error.ts';

export interface CredentialFlags {
  readonly token?: string | undefined;
  /** `USER:SECRET` */
  readonly serviceAccount?: string | undefined;
  readonly project?: string | undefined;
}

export interface CredentialEnvironment {
  readonly MIXPANEL_TOKEN?: string | undefined;
  readonly MIXPANEL_SERVICE_ACCOUNT?: string | undefined;
  readonly MIXPANEL_PROJECT_ID?: string | undefined;
}

const PROJECT_UNUSED =
  '--project goes with a service account; a token names its project itself. Give --service-account USER:SECRET, or leave --project out.';

/**
 * The value of the secret for these credentials; flags count before the environment.
 *
 * @returns undefined when there are none
 * @throws {UsageError} when they are incomplete or contradict each other
 */
export const credentialsJson = (
  flags: CredentialFlags,
  environment: CredentialEnvironment,
): string | undefined => {
  if (flags.token !== undefined && flags.serviceAccount !== undefined) {
    throw new UsageError('--token and --service-account are both given; one of them is enough.');
  }
  if (flags.token !== undefined) {
    if (flags.project !== undefined) throw new UsageError(PROJECT_UNUSED);
    return JSON.stringify({ token: flags.token });
  }
  const project = flags.project ?? environment.MIXPANEL_PROJECT_ID;
  if (flags.serviceAccount !== undefined)
    return serviceAccountJson(flags.serviceAccount, project, '--service-account');
  if (environment.MIXPANEL_SERVICE_ACCOUNT) {
    return serviceAccountJson(environment.MIXPANEL_SERVICE_ACCOUNT, project, 'MIXPANEL_SERVICE_ACCOUNT');
  }
  if (flags.project !== undefined) throw new UsageError(PROJECT_UNUSED);
  return environment.MIXPANEL_TOKEN ? JSON.stringify({ token: environment.MIXPANEL_TOKEN }) : undefined;
};

const serviceAccountJson = (account: string, projectId: string | undefined, name: string): string => {
  const colon = account.indexOf(':');
  if (colon < 1 || colon === account.length - 1) {
    throw new UsageError(
      `${name} must be USER:SECRET; there is ${colon < 0 ? 'no colon in it' : 'nothing on one side of its colon'}.`,
    );
  }
  if (!projectId)
    throw new UsageError(`${name} needs the project: give --project ID or set MIXPANEL_PROJECT_ID.`);
  return JSON.stringify({
    serviceAccount: account.slice(0, colon),
    secret: account.slice(colon + 1),
    projectId,
  });
};
