/** An answer's parts while it grows: markers that say what they said keep their identity, so they are not drawn again. */
import type { ContentBlock } from "@/api/types";

import { citedAnswer, type CitedAnswer, type Marker } from "./parts";

/** One per answer that is shown; remembers the markers of the content it was given last. */
export class StableCited {
  #markers: readonly Marker[] = [];

  read(content: readonly ContentBlock[]): CitedAnswer {
    const cited = citedAnswer(content);
    const markers = cited.markers.map((marker, index) => {
      const held = this.#markers[index];
      return held && isSame(held, marker) ? held : marker;
    });
    const isUnchanged = markers.length === this.#markers.length && markers.every((marker, at) => marker === this.#markers[at]);
    if (!isUnchanged) this.#markers = markers;
    return { ...cited, markers: this.#markers };
  }
}

const isSame = (held: Marker, next: Marker): boolean =>
  held.source.number === next.source.number &&
  held.source.citation === next.source.citation &&
  held.citations.length === next.citations.length &&
  held.citations.every((citation, at) => citation === next.citations[at]);
