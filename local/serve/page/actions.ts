import { errorText } from './api-client.ts';
import { byId, element, showContent } from './dom.ts';

/** Something that the user can do with a task or a batch. */
export interface Action {
  readonly label: string;
  /** What the user must confirm, if the action cannot be undone. */
  readonly confirm?: { readonly question: string; readonly decline: string };
  /** Says what was done. */
  run(): Promise<string>;
}

/** The actions of what is shown. */
export interface Actions {
  /** @param key identifies what is shown. A new one removes the message about the earlier one */
  show(key: string, actions: readonly Action[]): void;
}

/**
 * Shows actions as buttons, and the result of the last one.
 *
 * @param name id of the box for the buttons. `<name>-result` is that of the message
 * @param onDone reloads what is shown
 */
export function createActions(name: string, onDone: () => void): Actions {
  const box = byId(name, HTMLDivElement);
  const result = byId(`${name}-result`, HTMLParagraphElement);
  let shownKey: string | undefined;

  async function perform({ confirm, run }: Action, button: HTMLButtonElement): Promise<void> {
    const key = shownKey;
    if (confirm !== undefined && !(await askToConfirm(confirm, button.textContent))) return;
    button.disabled = true;
    const message = await run().catch(errorText);
    button.disabled = false;
    if (key === shownKey) showContent(result, message);
    onDone();
  }

  return {
    show(key, actions) {
      if (key !== shownKey) {
        box.replaceChildren();
        showContent(result, '');
        shownKey = key;
      }
      const labels = actions.map(({ label }) => label).join();
      const current = [...box.children].map(({ textContent }) => textContent).join();
      // Buttons stay while they are the same, so that the focus is not lost.
      if (labels === current) return;
      box.replaceChildren(
        ...actions.map((action) => {
          const button = element('button', { type: 'button' }, action.label);
          button.addEventListener('click', () => void perform(action, button));
          return button;
        }),
      );
    },
  };
}

const dialog = byId('confirm', HTMLDialogElement);
const question = byId('confirm-question', HTMLParagraphElement);
const accept = byId('confirm-accept', HTMLButtonElement);
const decline = byId('confirm-decline', HTMLButtonElement);

/** Resolves with whether the user accepts. Escape declines. */
function askToConfirm(
  asked: { readonly question: string; readonly decline: string },
  label: string,
): Promise<boolean> {
  question.textContent = asked.question;
  accept.textContent = label;
  decline.textContent = asked.decline;
  dialog.returnValue = '';
  dialog.showModal();
  // The safe choice has the focus.
  decline.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'accept'), { once: true });
  });
}

accept.addEventListener('click', () => dialog.close('accept'));
decline.addEventListener('click', () => dialog.close());
