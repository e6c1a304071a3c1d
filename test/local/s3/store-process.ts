import { startObjectStore } from '../../../local/s3/server.ts';

// Serves one file in a process of its own, tells its parent the URL, and on any message the most memory it has used.
const path = process.argv[2]!;
const store = await startObjectStore({ files: [{ bucket: 'inbox', key: 'large', path }] });
let buffersBytesPeak = 0;
let residentBytesPeak = 0;
setInterval(() => {
  const { arrayBuffers, rss } = process.memoryUsage();
  buffersBytesPeak = Math.max(buffersBytesPeak, arrayBuffers);
  residentBytesPeak = Math.max(residentBytesPeak, rss);
}, 5);
process.on('message', () => process.send?.({ buffersBytesPeak, residentBytesPeak }));
process.on('disconnect', () => process.exit());
process.send?.({ url: store.url });
