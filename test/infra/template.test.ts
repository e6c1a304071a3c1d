import { expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';

it('deploys what it deployed before', () => {
  const json = JSON.stringify(synthesize().template.toJSON(), null, 2);
  expect(JSON.parse(json.replaceAll(/[0-9a-f]{64}\.zip/g, 'ASSET.zip'))).toMatchSnapshot();
});
