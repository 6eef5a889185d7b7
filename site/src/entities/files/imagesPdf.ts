/** A PDF of pictures, a page each: what a scanner would have written instead of a TIFF of several pages. Pure. */

export interface PdfPage {
  width: number;
  height: number;
  jpeg: Uint8Array;
}

const POINTS_A_PIXEL = 0.5;

export function pdfOf(pages: readonly PdfPage[]): Blob {
  const parts: (Uint8Array<ArrayBuffer> | string)[] = [];
  const offsets: number[] = [];
  let length = 0;
  const write = (part: Uint8Array | string): void => {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : new Uint8Array(part);
    parts.push(bytes);
    length += bytes.length;
  };
  const object = (content: string, stream?: Uint8Array): void => {
    offsets.push(length);
    write(`${offsets.length} 0 obj\n${content}\n`);
    if (stream) {
      write("stream\n");
      write(stream);
      write("\nendstream\n");
    }
    write("endobj\n");
  };
  write("%PDF-1.7\n");
  object("<< /Type /Catalog /Pages 2 0 R >>");
  const kids = pages.map((_, index) => `${3 + index * 3} 0 R`).join(" ");
  object(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  for (const [index, { width, height, jpeg }] of pages.entries()) {
    const own = 3 + index * 3;
    const [wide, high] = [width * POINTS_A_PIXEL, height * POINTS_A_PIXEL];
    const drawing = new TextEncoder().encode(`q ${wide} 0 0 ${high} 0 0 cm /I Do Q`);
    object(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${wide} ${high}] /Resources << /XObject << /I ${own + 2} 0 R >> >> /Contents ${own + 1} 0 R >>`,
    );
    object(`<< /Length ${drawing.length} >>`, drawing);
    object(
      `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>`,
      jpeg,
    );
  }
  const table = length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  write(`xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${rows}`);
  write(`trailer\n<< /Size ${offsets.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
  return new Blob(parts as BlobPart[], { type: "application/pdf" });
}
