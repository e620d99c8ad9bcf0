/** Namespaces of the category documents (events §6.3). Written down here a second time, apart from the client's. */
export const STATE_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/state';
export const NOTE_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/note';
export const CONTACT_CARD_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/contactcard';
export const CALENDAR_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/calendarData';
export const EXCHANGE_TYPES_NAMESPACE = 'http://schemas.microsoft.com/exchange/services/2006/types';
export const SERVICE_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/service';
export const DEVICE_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/device';
export const ROUTING_NAMESPACE = 'http://schemas.microsoft.com/02/2006/sip/routing';
export const USER_INFORMATION_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/options/userInformation';
export const ALERTS_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/options/alerts';
export const OTHER_OPTIONS_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/options/otherOptions';
export const CATEGORIES_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/categories';
export const MESSAGE_WAITING_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/mwi';
