import type { TroubleComplaint } from '../../trouble.ts';

/** Does the complaint concern this field, or a part of it? */
export const isAbout = ({ setting }: TroubleComplaint, field: string): boolean =>
  setting === field || setting.startsWith(`${field}[`) || setting.startsWith(`${field}.`);

/** Complaints that no field of the form shows. */
export const homeless = (complaints: readonly TroubleComplaint[], fields: readonly string[]): TroubleComplaint[] =>
  complaints.filter((complaint) => !fields.some((field) => isAbout(complaint, field)));
