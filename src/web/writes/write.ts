import type { PageCall } from '../../api/views/shared.ts';

/** One thing that the reader is asked for. */
export interface WriteField {
  readonly name: string;
  readonly label: string;
  /** What stands there at first. */
  readonly value: string;
  readonly hint?: string;
}

/** What a write would do with what the reader has given. */
export interface Asked {
  /** A sentence with numbers. */
  readonly effect: string;
  /** The same at a terminal. */
  readonly command: string;
  readonly args: object;
  /** Has to be typed first, for what cannot be undone. */
  readonly type?: string;
  /** Why the command is the better way: then there is no button. */
  readonly instead?: string;
}

export type Answers = Readonly<Record<string, string>>;

/** Something that the page can change for its reader. Pure: what it says can be tested without a browser. */
export interface Write {
  readonly call: PageCall;
  /** On the button, such as `Restart`. */
  readonly verb: string;
  /** Over the dialog, such as `Restart web/prod/api`. */
  readonly title: string;
  /** It stops something. */
  readonly stops?: boolean;
  /** Done at once, because another button takes it back. */
  readonly atOnce?: boolean;
  readonly fields?: readonly WriteField[];
  /** What the answers amount to, or what is wrong with them. */
  ask(answers: Answers): Asked | { readonly problem: string };
}

/** Why it is done; it is kept with what happened. */
export const MESSAGE: WriteField = {
  name: 'message',
  label: 'Message',
  value: '',
  hint: 'why; others will see it',
};

/** The message as an argument of a call; none when nothing was said. */
export const messageArg = ({ message = '' }: Answers): { readonly message?: string } =>
  message.trim() === '' ? {} : { message: message.trim() };

/** ` --message='...'` for a command line. */
export const messageFlag = (answers: Answers): string => {
  const { message } = messageArg(answers);
  return message === undefined ? '' : ` --message=${shellWord(message)}`;
};

/** A word that a shell takes as it is. */
export const shellWord = (text: string): string =>
  /^[\w./:=@,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
