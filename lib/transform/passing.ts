import type { Recipe } from '../recipe/schema.ts';
import { isUnchanged } from '../recipe/unchanged-field.ts';

/** Whether events that are whole already are sent as they are. */
export const passesEvents = ({ fields }: Pick<Recipe, 'fields'>): boolean =>
  Object.entries(fields).every(([name, field]) => isUnchanged(name, field));
