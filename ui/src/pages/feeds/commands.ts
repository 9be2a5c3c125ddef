/** The command that brings a feed into force. */
export const syncCommand = (id: string) => `mendwatch feeds sync ${id}`;
