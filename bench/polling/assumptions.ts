/**
 * What the simulation takes for granted of networks and services, in seconds: the same for every schedule. Vendor and state
 * machine have no other delays, functions are warm, nothing fails.
 */

/** A poll there and back. The vendor looks when it is sent; the answer is awaited before anything else is done. */
export const POLL_SECONDS = 0.15;
/** From the state machine's entering a Task state to the function's first line. */
export const INVOKE_SECONDS = 0.05;
/** To read or to write a record. */
export const RECORD_SECONDS = 0.01;
/** To store a document and its manifest. */
export const STORE_SECONDS = 0.1;
/** The function's time-out: OcrCourier's FETCH_RESULT_TIMEOUT. */
export const INVOCATION_SECONDS = 300;
