/** The site's own icons: 20 × 20, drawn with the text's colour. Always decoration: the control carries the name. */
const paths = {
  plus: "M10 4v12M4 10h12",
  menu: "M3.5 6h13M3.5 10h13M3.5 14h9",
  close: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  dots: "M5 10h.01M10 10h.01M15 10h.01",
  pencil: "M4 16l.7-3.2L13 4.5a1.4 1.4 0 0 1 2 0l.5.5a1.4 1.4 0 0 1 0 2l-8.3 8.3zM11.5 6l2.5 2.5",
  archive: "M3.5 4.5h13v3h-13zM4.7 7.5v8h10.6v-8M8 10.5h4",
  unarchive: "M4.7 9v6.5h10.6V9M10 12.5v-8M7 7.2L10 4.2l3 3",
  trash: "M4 6h12M8 6V4.2h4V6M5.5 6l.7 10h7.6l.7-10M8.5 9v4.5M11.5 9v4.5",
  arrowUp: "M10 16V4.5M5 9.3l5-5 5 5",
  arrowDown: "M10 4v11.5M5 10.7l5 5 5-5",
  stop: "M6 6h8v8H6z",
  copy: "M7.5 7.5h8v8h-8zM12.5 7.5v-3h-8v8h3",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  retry: "M15.8 11.5a6 6 0 1 1-1.3-5.5l1.5 1.5M16 4v3.6h-3.6",
  chevronDown: "M6 8l4 4 4-4",
  chevronRight: "M8 6l4 4-4 4",
  chevronLeft: "M12 6l-4 4 4 4",
  sliders: "M4 6.5h7M15 6.5h1M4 13.5h1M9 13.5h7M13 4.7v3.6M7 11.7v3.6",
  alert: "M10 6.5v4.3M10 13.7h.01M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14z",
  info: "M10 9v4.5M10 6.5h.01M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14z",
  clock: "M10 6v4.2l2.6 1.6M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14z",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 8a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  eyeOff: "M4 4l12 12M8.3 5.2C14 4 17.5 10 17.5 10s-.8 1.6-2.4 3M12 14.7C6 16 2.5 10 2.5 10s.9-1.8 2.7-3.2",
  chat: "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9.5L6 16.7V14H4.5A1.5 1.5 0 0 1 3 12.5v-7A1.5 1.5 0 0 1 4.5 4z",
  paperclip: "M15.5 9.3l-5.6 5.6a3.4 3.4 0 0 1-4.8-4.8l6-6a2.2 2.2 0 0 1 3.2 3.2l-6 6a1.1 1.1 0 0 1-1.6-1.6l5.3-5.3",
  file: "M5.5 3h6L15 6.5V17H5.5zM11.3 3v3.8H15M8 10.2h4.4M8 13.2h4.4",
  image: "M3.5 4.5h13v11h-13zM3.5 13l3.7-3.6 3 3 2.3-2.2 4 3.9M12.7 7.6h.01",
  table: "M3.5 4.5h13v11h-13zM3.5 8.2h13M3.5 11.8h13M8.2 4.5v11",
  slides: "M3 4h14M4.2 4v8.5h11.6V4M10 12.5V16M7.5 16.5l2.5-2 2.5 2",
  folder: "M3 5.2h5l1.6 1.9H17v8.7H3z",
  download: "M10 3.5v9M6 8.8l4 4 4-4M4 16h12",
  upload: "M10 13V4M6 8l4-4 4 4M4 16h12",
  printer: "M6 7V3.5h8V7M6 13.5H3.5V7h13v6.5H14M6 11.5h8v5H6z",
  search: "M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM13 13l3.8 3.8",
  people: "M7.5 4a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM2.5 16c.3-2.8 2.3-4.3 5-4.3s4.7 1.5 5 4.3M13 4.4a2.6 2.6 0 0 1 0 4.9M14.2 11.9c1.9.5 3.1 1.9 3.3 4.1",
  twin: "M10 3.2a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM4.5 16.5c.3-3 2.5-4.8 5.5-4.8s5.2 1.8 5.5 4.8zM15.5 3v3M14 4.5h3",
  pulse: "M2.5 10.5h3.4l2.3-6 3.6 11 2.2-5h3.5",
  chart: "M4 3.5v12.5h12.5M7.2 13v-3.5M10.7 13V6.5M14.2 13V9",
  shield: "M10 3l6 2.2v4.3c0 3.6-2.4 6.2-6 7.5-3.6-1.3-6-3.9-6-7.5V5.2zM7.3 10l1.9 1.9 3.5-3.7",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width={size}
      height={size}
      fill={name === "stop" ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={name === "dots" ? 2.4 : 1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      className="shrink-0"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** The mark of the site. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <span className="inline-grid shrink-0 place-items-center rounded-[28%] bg-accent text-on-accent" aria-hidden="true">
      <svg viewBox="0 0 28 28" width={size} height={size} fill="none" stroke="currentColor" strokeWidth="1.8">
        <path d="M9.5 8h9A2.5 2.5 0 0 1 21 10.5v5a2.5 2.5 0 0 1-2.5 2.5H14l-4 3.2V18h-.5A2.5 2.5 0 0 1 7 15.5v-5A2.5 2.5 0 0 1 9.5 8z" strokeLinejoin="round" />
      </svg>
    </span>
  );
}
