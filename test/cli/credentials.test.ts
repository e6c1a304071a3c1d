import { expect, it } from 'vitest';
import { credentialsJson } from '../../cli/credentials.ts';
import { UsageError } from '../../cli/usage-error.ts';

const SERVICE_ACCOUNT = { serviceAccount: 'robot.1', secret: 's3:cret', projectId: '77' };

it.each([
  ['no credentials', {}, {}, undefined],
  ['an empty token in the environment', {}, { MIXPANEL_TOKEN: '' }, undefined],
  ['--token', { token: 't' }, {}, { token: 't' }],
  ['MIXPANEL_TOKEN', {}, { MIXPANEL_TOKEN: 'e' }, { token: 'e' }],
  ['--token over the environment', { token: 't' }, { MIXPANEL_TOKEN: 'e' }, { token: 't' }],
  [
    '--token over a service account in the environment',
    { token: 't' },
    { MIXPANEL_SERVICE_ACCOUNT: 'a:b', MIXPANEL_PROJECT_ID: '1' },
    { token: 't' },
  ],
  ['flags', { serviceAccount: 'robot.1:s3:cret', project: '77' }, {}, SERVICE_ACCOUNT],
  [
    'the project from the environment',
    { serviceAccount: 'robot.1:s3:cret' },
    { MIXPANEL_PROJECT_ID: '77' },
    SERVICE_ACCOUNT,
  ],
  [
    'the environment',
    {},
    { MIXPANEL_SERVICE_ACCOUNT: 'robot.1:s3:cret', MIXPANEL_PROJECT_ID: '77' },
    SERVICE_ACCOUNT,
  ],
  [
    '--project over the environment',
    { project: '77' },
    { MIXPANEL_SERVICE_ACCOUNT: 'robot.1:s3:cret', MIXPANEL_PROJECT_ID: '1' },
    SERVICE_ACCOUNT,
  ],
])('takes %s', (_, flags, environment, expected) => {
  const json = credentialsJson(flags, environment);
  expect(json === undefined ? undefined : JSON.parse(json)).toEqual(expected);
});

it.each([
  [
    'a token and a service account',
    { token: 't', serviceAccount: 'a:b' },
    {},
    '--token and --service-account',
  ],
  ['a service account without a secret', { serviceAccount: 'robot', project: '1' }, {}, 'no colon'],
  [
    'a service account with an empty user',
    { serviceAccount: ':secret', project: '1' },
    {},
    'nothing on one side',
  ],
  [
    'a service account with an empty secret',
    { serviceAccount: 'robot:', project: '1' },
    {},
    'nothing on one side',
  ],
  ['a service account without a project', { serviceAccount: 'robot:secret' }, {}, '--project'],
  [
    'one of the environment without a project',
    {},
    { MIXPANEL_SERVICE_ACCOUNT: 'a:b' },
    'MIXPANEL_PROJECT_ID',
  ],
  ['a project beside a token', { token: 't', project: '1' }, {}, '--project goes with a service account'],
  ['a project alone', { project: '1' }, {}, '--project goes with a service account'],
])('refuses %s without repeating a secret', (_, flags, environment, message) => {
  const read = () => credentialsJson(flags, environment);
  expect(read).toThrow(UsageError);
  expect(read).toThrow(message);
  expect(read).not.toThrow(/secret$|robot/);
});
