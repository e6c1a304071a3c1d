// Loads one module after the other and prints what each took. Plain JavaScript: stripping types would count too.
const loads = [];
for (const url of process.argv.slice(2)) {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const { handler } = await import(url);
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  loads.push({ ms, cpuMs: (user + system) / 1_000, hasHandler: typeof handler === 'function' });
}
process.stdout.write(JSON.stringify({ loads, residentMB: process.memoryUsage.rss() / 2 ** 20 }));
process.exit(0);
