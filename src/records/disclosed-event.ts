import type { AdmittedEvent } from '../events/ordered-event.ts';
import type { ConcealedTexts } from './conversations/conceal-conversation.ts';

/** An event whose tree holds nothing that must not be published. */
export interface DisclosedEvent extends AdmittedEvent {
  /** What may still be said of the texts that were taken out, by the element that held them. */
  readonly concealed: ConcealedTexts;
}
