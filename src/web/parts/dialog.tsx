import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { store, useStore } from '../data/store.ts';

/** The dialog that is open; undefined when there is none. */
const asked = store<{ readonly title: string; readonly body: ComponentChildren } | undefined>(undefined);

export const openDialog = (title: string, body: ComponentChildren): void => asked.set({ title, body });
export const closeDialog = (): void => asked.set(undefined);

/** The place where dialogs appear; the browser keeps the focus inside and returns it afterwards. */
export function DialogSlot() {
  const dialog = useStore(asked);
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (dialog) element.current?.showModal();
    else element.current?.close();
  }, [dialog]);
  return (
    <dialog ref={element} aria-labelledby="dialog-title" onClose={closeDialog}>
      {dialog && (
        <>
          <h2 id="dialog-title">{dialog.title}</h2>
          {dialog.body}
        </>
      )}
    </dialog>
  );
}
