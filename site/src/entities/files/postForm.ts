/** Sends a file to where the server said. XMLHttpRequest: `fetch` has no progress of what is sent. */
import { ApiError, NetworkError } from "@/api/client";
import type { UploadTarget } from "@/api/types";

export interface SendOptions {
  onProgress: (sentBytes: number) => void;
  signal: AbortSignal;
}

export type SendForm = (target: UploadTarget, file: File, options: SendOptions) => Promise<void>;

/** A connection that moves nothing for this long is given up: browsers would wait for minutes, or for ever. */
export const STALL_MS = 60_000;

/** Raises NetworkError, ApiError with the storage's status, or the signal's reason. */
export const postForm: SendForm = ({ url, fields }, file, { onProgress, signal }) =>
  new Promise((resolve, reject) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    // Storage ignores every field after the file.
    form.append("file", file);
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    let stall: ReturnType<typeof setTimeout> | undefined;
    const onMoved = (): void => {
      clearTimeout(stall);
      stall = setTimeout(abort, STALL_MS);
    };
    request.upload.onprogress = (event) => {
      onMoved();
      onProgress(Math.min(event.loaded, file.size));
    };
    request.onload = () => {
      const isStored = request.status >= 200 && request.status < 300;
      if (isStored) resolve();
      else reject(new ApiError(request.status, "upload_refused", `HTTP ${request.status}`));
    };
    request.onerror = () => reject(new NetworkError("The storage could not be reached."));
    request.ontimeout = request.onerror;
    request.onabort = () => reject(signal.aborted ? signal.reason : new NetworkError("The upload came to a halt."));
    request.onloadend = () => {
      clearTimeout(stall);
      signal.removeEventListener("abort", abort);
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", abort);
    request.open("POST", url);
    request.send(form);
    onMoved();
  });
