/** The time so many seconds ago, as the server writes times. */
export const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+Z/, "Z");
