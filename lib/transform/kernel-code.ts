/**
 * The assembled `kernel/`, in base64. The build of the functions puts it in the place of this module; where the source
 * itself runs there is none, and JavaScript does its work.
 */
export const kernelCode: string | undefined = undefined;
