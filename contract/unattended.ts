/**
 * Header of a page's request that nobody at the page caused, such as a poll while the chair is empty. It reads as any
 * other, but does not keep the session from ending for idleness. Ignored on writes: those somebody caused.
 */
export const UNATTENDED_HEADER = 'x-unattended';
