import type { Format } from '../frame/format.ts';
import { formatOf } from '../frame/formats.ts';
import type { ChunkMessage } from './chunk.ts';

/** How the records of a chunk are laid out: as those of its source, or of the file in it where that is an archive. */
export const formatOfChunk = ({ source, entry }: Pick<ChunkMessage, 'source' | 'entry'>): Format =>
  formatOf((entry ?? source).format);
