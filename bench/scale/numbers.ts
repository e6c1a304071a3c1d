export const count = (value: number): string => Math.round(value).toLocaleString('en-US');
