/** For tests that read files: jsdom's can be read by a FileReader alone. Not for all, since a Response takes what has this for Node's own. */
Blob.prototype.arrayBuffer ??= function arrayBuffer(this: Blob): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    const reader = Object.assign(new FileReader(), { onload: () => resolve(reader.result as ArrayBuffer), onerror: () => reject(reader.error) });
    reader.readAsArrayBuffer(this);
  });
};
