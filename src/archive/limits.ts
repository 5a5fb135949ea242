/** The longest line of an archive, in bytes: 128 MiB (FORMATS.md). A reader holds no more than one line and its objects. */
export const lineLimit = 128 * 1024 * 1024;
