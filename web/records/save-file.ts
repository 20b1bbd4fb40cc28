/** Hands an answer to the browser's downloads, under the name that the server gave it. */
export async function saveFile(response: Response): Promise<void> {
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = fileNameOf(response.headers.get('content-disposition') ?? '');
  link.click();
  URL.revokeObjectURL(address);
}

export const fileNameOf = (disposition: string) =>
  /filename="([^"]+)"/.exec(disposition)?.[1] ?? 'records.csv';
