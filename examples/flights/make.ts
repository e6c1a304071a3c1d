/** Writes flights.jsonl from the npm package vega-datasets (flights-20k.json): `node examples/flights/make.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';

export const flightLines = (): string => {
  const dataset = new URL('../../node_modules/vega-datasets/data/flights-20k.json', import.meta.url);
  const flights: unknown[] = JSON.parse(readFileSync(dataset, 'utf8'));
  return flights.map((flight) => `${JSON.stringify(flight)}\n`).join('');
};

if (import.meta.main) writeFileSync(new URL('./flights.jsonl', import.meta.url), flightLines());
