/** Whether a field is taken from the column of its own name, as it is: so an event that has it need not be changed. */
export const isUnchanged = (name: string, field: object): boolean =>
  'column' in field && field.column === name;
