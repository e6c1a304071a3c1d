import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const KERNEL_DIR = fileURLToPath(new URL('../lib/transform/kernel', import.meta.url));

/**
 * One WebAssembly module of the files of `lib/transform/kernel/`; the same source gives the same bytes.
 *
 * @throws the assembler's error, with file and line, where the source is no module
 */
export const assembleKernel = async (): Promise<Uint8Array<ArrayBuffer>> => {
  const names = (await readdir(KERNEL_DIR)).filter((name) => name.endsWith('.wat')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(KERNEL_DIR, name), 'utf8')));
  // Loaded here, for most of what imports this file never builds a sender.
  const { default: loadWabt } = await import('wabt');
  const module = (await loadWabt()).parseWat('kernel.wat', `(module\n${texts.join('\n')})`);
  try {
    module.validate();
    return Uint8Array.from(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
};

/** Puts the kernel into what is bundled. */
export const kernelInlined: Plugin = {
  name: 'kernel-inlined',
  setup: (build) => {
    build.onLoad({ filter: /[\\/]lib[\\/]transform[\\/]kernel-code\.ts$/ }, async () => {
      const code = Buffer.from(await assembleKernel()).toString('base64');
      return { contents: `export const kernelCode = '${code}';`, loader: 'js' };
    });
  },
};
