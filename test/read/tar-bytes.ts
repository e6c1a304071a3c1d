import { type Header, pack } from 'tar-stream';

export type TarFile = Partial<Header> & { readonly name: string; readonly content?: Buffer };

/** A tar archive, not compressed. */
export const tarBytes = async (...files: TarFile[]): Promise<Buffer> => {
  const packer = pack();
  for (const { content, ...header } of files) packer.entry({ mtime: new Date(0), ...header }, content ?? '');
  packer.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of packer) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
};
