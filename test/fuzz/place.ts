/** Instead of an input's number: none is under way, what is needed for them is being loaded and made. */
export const NOTHING_YET = 0xff_ff_ff_ff;
