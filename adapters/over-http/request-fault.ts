/** A request that cannot be built, whatever the partner does. The message says which setting to correct. */
export class RequestFault extends Error {}
