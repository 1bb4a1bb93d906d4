/** Turns a help text of the table of options into a sentence. */
export const sentence = (help: string): string => `${help.charAt(0).toUpperCase()}${help.slice(1)}.`;
