/** Plate 1. The letters are explained by the list that stands beside the drawing. */
export function Anvil({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 640 400"
      aria-hidden="true"
      className={className}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.25"
    >
      <defs>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
          <path d="M0 0H6" strokeWidth="1.5" />
        </pattern>
      </defs>
      <Shade />
      <Outline />
      <Guides />
      <path className="fill-ember" stroke="none" d="M296 92H464V109H296Z" />
      <Callout letter="a" x={112} to={124} />
      <Callout letter="c" x={348} to={92} />
      <Callout letter="b" x={542} to={110} />
    </svg>
  );
}

const Shade = () => (
  <g opacity=".5" stroke="none" fill="url(#hatch)">
    <path d="M40 118C90 160 160 182 236 186C262 190 284 196 300 212L330 212C312 176 262 168 220 164C150 160 90 146 40 118Z" />
    <path d="M560 128V146C520 152 470 170 452 205C440 235 446 268 470 290C496 310 530 312 548 322V350H430L424 346C470 340 500 334 506 326C470 318 420 300 412 255C408 200 450 140 560 128Z" />
  </g>
);

const Outline = () => (
  <>
    <path
      strokeWidth="2"
      strokeLinejoin="round"
      d="M250 110H560V146C520 152 470 170 452 205C440 235 446 268 470 290C496 310 530 312 548 322V350H430C410 336 350 336 330 350H212V322C230 312 264 310 288 290C312 268 316 235 300 212C284 196 262 190 236 186C160 182 90 160 40 118C90 126 150 126 210 124H250Z"
    />
    <path d="M210 124C216 140 222 160 236 186M250 124H560" />
  </>
);

/** Hidden edges, the centre line, the floor and the measure, each in its own kind of line as a drawing office does it. */
const Guides = () => (
  <g opacity=".6">
    <path strokeDasharray="5 4" d="M506 110V148M524 110V147" />
    <path strokeDasharray="14 4 2 4" d="M380 112V374" />
    <path d="M0 350H212M548 350H640" />
    <path d="M212 358V392M548 358V392M212 384H548M206 390L218 378M542 390L554 378" />
  </g>
);

const Callout = ({ letter, x, to }: { letter: string; x: number; to: number }) => (
  <>
    <path d={`M${x} 46V${to}`} opacity=".6" />
    <circle cx={x} cy={to} r="3" className="fill-ink" stroke="none" />
    <circle cx={x} cy="26" r="19" />
    <text x={x} y="34" textAnchor="middle" stroke="none" className="fill-ink font-mono text-[22px]">
      {letter}
    </text>
  </>
);
