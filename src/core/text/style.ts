// Colour by meaning: core says what a piece of text is, the surface decides what that looks like.

/** What a piece of a report is. */
export type Role = 'good' | 'bad' | 'dim' | 'strong' | 'accent';

/** Gives a text the look of its role. */
export type Paint = (role: Role, text: string) => string;

/** No colours at all. */
export const plain: Paint = (_role, text) => text;
