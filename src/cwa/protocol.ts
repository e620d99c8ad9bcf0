/**
 * The names that CWA uses on the wire, and nothing else: the one file that the client and the simulator share.
 * They share no parser and no writer, so that one misreading cannot pass on both sides.
 *
 * Source: protocol notes, `transport-and-methods.md` §2–§5 and `events-and-categories.md` §1, §2, §6.3.
 */

/** Namespace of requests; answers come without one (§2.3). */
export const CWA_NAMESPACE = 'http://schemas.microsoft.com/2006/09/rtc/cwa';
export const XSI_NAMESPACE = 'http://www.w3.org/2001/XMLSchema-instance';

/** Paths below the site's base URL (§2.1). */
export const LOGON_FORMS_PATH = '/forms/logon.html';
export const LOGON_IWA_PATH = '/iwa/logon.html';
export const COMMAND_PATH = '/cwa/MainCommandHandler.ashx';
export const DATA_PATH = '/cwa/AsyncDataChannel.ashx';

/** Spelt exactly so on the wire: a client of 2010 looks it up with this case (§2.2). */
export const TICKET_HEADER = 'CWA-Ticket';

/** Roots of requests and answers. */
export const REQUESTS = 'cwaRequests';
export const RESPONSES = 'cwaResponses';
export const EVENTS = 'cwaEvents';

/** Error codes that the loop acts on (§9.2). */
export const ERROR_SESSION_NOT_FOUND = 18100;
export const ERROR_THROTTLED = 18101;

/** Methods of the command channel (§10). */
export const LOGON = 'logon';
export const INITIATE_SESSION = 'initiateSession';
export const TERMINATE_SESSION = 'terminateSession';
export const SUBSCRIBE_PRESENCE = 'subscribePresence';
/** With a capital S in the middle; the documentation also spells it without (§2.3). */
export const UNSUBSCRIBE_PRESENCE = 'unSubscribePresence';
export const UNSUBSCRIBE_PRESENCE_OTHERWISE = 'unsubscribePresence';
export const QUERY_PRESENCE = 'queryPresence';
export const ACKNOWLEDGE_SUBSCRIBER = 'acknowledgeSubscriber';

/** Answers to requests (§5). */
export const REQUEST_ACCEPTED = 'requestAccepted';
export const REQUEST_SUCCEEDED = 'requestSucceeded';
export const REQUEST_FAILED = 'requestFailed';
export const REQUEST_REJECTED = 'requestRejected';
export const REQUEST_INVALID = 'requestInvalid';
export const INITIATE_SESSION_ACCEPTED = 'initiateSessionAccepted';
export const INITIATE_IM_SESSION_ACCEPTED = 'initiateImSessionAccepted';
export const VOIP_REDIRECT_SUCCEEDED = 'voIPRedirectSucceeded';
export const VOIP_REPLY_WITH_IM_ACCEPTED = 'voIPReplyWithIMAccepted';
export const VOIP_TERMINATE_SUCCEEDED = 'voIPTerminateSucceeded';
export const ERROR = 'error';

/** Further error codes (§9.2): troubles of the server and what is behind it, not of the request. */
export const ERROR_INVALID_BACK_END_MESSAGE = 18202;
export const ERROR_BACK_END_TIMEOUT = 18203;
export const ERROR_CONNECTION_FAILED = 18301;
export const ERROR_TLS_FAILED = 18302;
export const ERROR_INTERNAL_FAILURE = 18400;

/** Events that the bridge reads whole (events-and-categories §2). */
export const USER_PRESENCE = 'userPresence';
export const SELF_PRESENCE = 'selfPresence';
export const SEARCH_RESULT = 'searchResult';
export const PRESENCE_SUBSCRIPTION_STATE = 'presenceSubscriptionState';
export const USER_RAW_CATEGORIES = 'userRawCategories';
export const SELF_RAW_CATEGORIES = 'selfRawCategories';
export const CONTACT_GROUP = 'contactGroup';
/** What an early server called it (§9). */
export const CONTACT_GROUP_CHANGED = 'contactGroupChanged';
export const SUBSCRIBERS = 'subscribers';
export const CONTAINERS = 'containers';
export const CONFIGURATION = 'configuration';
/** The same in some samples, without an eid (§4.10). */
export const CONFIGURATIONS = 'configurations';
/** What happens in a conversation stands inside (events-and-categories §4.12). */
export const CONFERENCE = 'conference';

/** Namespaces of category bodies (events-and-categories §6.3). Readers take them as a hint, not as a rule. */
export const STATE_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/state';
export const NOTE_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/note';
export const CONTACT_CARD_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/contactcard';
export const CALENDAR_DATA_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/calendarData';
export const EXCHANGE_TYPES_NAMESPACE = 'http://schemas.microsoft.com/exchange/services/2006/types';
export const SERVICES_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/service';
export const DEVICE_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/device';
export const ROUTING_NAMESPACE = 'http://schemas.microsoft.com/02/2006/sip/routing';
/** Followed by the name of the category: alerts, otherOptions, rccOptions, userInformation. */
export const OPTIONS_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/options/';
export const CATEGORIES_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/categories';
export const MWI_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/mwi';
export const COMMON_TYPES_NAMESPACE = 'http://schemas.microsoft.com/2006/09/sip/commontypes';
