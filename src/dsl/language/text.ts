/** Text that holds at least one `{{reference}}`; it may stand wherever a number, switch or name is wanted. */
export type TemplateText = `${string}{{${string}}}${string}`;

/** What `refer` hands out: text made of one reference, so that it fits into template literals and fields alike. */
export interface Reference {
  /** The reference as text, for example `{{profile.version}}`. */
  toString(): string;
  readonly [REFERENCE]: true;
}

/** Marks references; a global symbol, so that two copies of this package understand each other. */
export const REFERENCE: unique symbol = Symbol.for('aurora.reference') as never;

/** A number with a fraction part for text: `float(2)` reads `2.0` where the number 2 would read `2`. */
export interface FloatNumber {
  readonly [FLOAT]: number;
}

/** Marks numbers made by `float`. */
export const FLOAT: unique symbol = Symbol.for('aurora.float') as never;

/** Text; `{{references}}` in it are filled in. */
export type Text = string | Reference;
/** A whole number, as a number or as text, or a template that becomes one. */
export type Int = number | `${number}` | TemplateText | Reference;
/** A number, as a number or as text, or a template that becomes one. */
export type Float = number | `${number}` | TemplateText | Reference;
/** True or false, or a template that becomes `true`, `false`, `1` or `0`. */
export type Bool = boolean | TemplateText | Reference;
/** One of a few words, or a template that becomes one. */
export type OneOf<W extends string> = W | TemplateText | Reference;

/** Writes a whole number with a fraction part, as the original writes floating point numbers: `float(1)` is `1.0`. */
export const float = (value: number): FloatNumber => Object.freeze({ [FLOAT]: value }) as FloatNumber;
