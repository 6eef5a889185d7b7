/** Printing what is open, from anywhere on the page. */

const plain = (): void => window.print();
let print = plain;

export const printPage = (): void => print();

/** Have what is open printed in its own way, as long as it is; returns how to end that. */
export function printBy(own: () => void): () => void {
  print = own;
  return () => {
    if (print === own) print = plain;
  };
}
