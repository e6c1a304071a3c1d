import type { z } from 'zod';
import { isUnchanged } from './unchanged-field.ts';

interface Checked {
  readonly validate: 'on' | 'off';
  readonly format: string;
  readonly fields: Readonly<Record<string, object>>;
}

/** With `validate: off` records are not read, so nothing can be asked for that needs it. */
export const checkValidateOff = (recipe: Checked, context: z.RefinementCtx): void => {
  if (recipe.validate === 'on') return;
  const { format, fields } = recipe;
  const add = (message: string): void =>
    context.addIssue({ code: 'custom', path: ['validate'], message, input: recipe.validate });
  if (format !== 'jsonl')
    add(`off needs format jsonl, but format is ${format}: other records have to be read to be sent`);
  for (const [name, field] of Object.entries(fields)) {
    if (!isUnchanged(name, field))
      add(`off sends records as they are, but fields.${name} changes them; leave one of the two out`);
  }
};
