/** Writes one file of the soak and prints what it holds. `node write-file.ts SEED NUMBER KIND OUTCOME PATH` */
import { writeFileOf } from './expect.ts';
import { kindNamed, type Outcome } from './kinds.ts';

const [seed = '', number = '', kind = '', outcome = '', path = ''] = process.argv.slice(2);
const spec = {
  seed: Number(seed),
  number: Number(number),
  kind: { ...kindNamed(kind), outcome: outcome as Outcome },
};
process.stdout.write(JSON.stringify(await writeFileOf(spec, path)));
