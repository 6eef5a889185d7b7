/** HTML's named characters that people write: its fourth version's and common ones of the fifth, as text. */

/** Letters with an accent are their letter and their accent's mark. */
const ACCENTS: Readonly<Record<string, string>> = {
  acute: "\u0301",
  grave: "\u0300",
  circ: "\u0302",
  uml: "\u0308",
  tilde: "\u0303",
  cedil: "\u0327",
  ring: "\u030a",
  caron: "\u030c",
  breve: "\u0306",
  macr: "\u0304",
  ogon: "\u0328",
  dot: "\u0307",
  dblac: "\u030b",
};

/** Each character with its names. */
const CHARACTERS = `
Æ AElig, Α Alpha, Β Beta, Χ Chi, ‡ Dagger, Δ Delta, Ð ETH, Ε Epsilon, Η Eta, Γ Gamma, Ι Iota, Κ Kappa, Λ Lambda,
Μ Mu, Ν Nu, Œ OElig, Ω Omega ohm, Ο Omicron, Ø Oslash, Φ Phi, Π Pi, ″ Prime, Ψ Psi, Ρ Rho, Σ Sigma, Þ THORN, Τ Tau,
Θ Theta, Υ Upsilon, Ξ Xi, Ζ Zeta, ´ acute, æ aelig, ℵ alefsym aleph, α alpha, & amp AMP, ∧ and wedge, ∠ ang angle,
≈ asymp approx ap thickapprox, „ bdquo ldquor, β beta, ¦ brvbar, • bull bullet, ∩ cap, ¸ cedil, ¢ cent, χ chi,
ˆ circ, ♣ clubs clubsuit, ≅ cong, © copy COPY, ↵ crarr, ∪ cup, ¤ curren, ⇓ dArr Downarrow, † dagger,
↓ darr downarrow, ° deg, δ delta, ♦ diams diamondsuit, ÷ divide div, ∅ empty emptyset emptyv varnothing,
ε epsilon epsi, ≡ equiv, η eta, ð eth, € euro, ∃ exist Exists, ƒ fnof, ∀ forall ForAll, ½ frac12 half, ¼ frac14,
¾ frac34, ⁄ frasl, γ gamma, ≥ ge geq GreaterEqual, > gt GT, ⇔ hArr Leftrightarrow iff, ↔ harr leftrightarrow,
♥ hearts heartsuit, … hellip mldr, ¡ iexcl, ℑ image Im, ∞ infin, ∫ int, ι iota, ¿ iquest, ∈ isin in isinv Element,
κ kappa, ⇐ lArr Leftarrow, λ lambda, ⟨ lang langle, « laquo, ← larr leftarrow, ⌈ lceil LeftCeiling, “ ldquo,
≤ le leq, ⌊ lfloor LeftFloor, ∗ lowast, ◊ loz lozenge, ‹ lsaquo, ‘ lsquo, < lt LT, ¯ macr, — mdash, µ micro,
· middot centerdot, − minus, μ mu, ∇ nabla Del, – ndash, ≠ ne NotEqual, ∋ ni, ¬ not, ∉ notin NotElement, ⊄ nsub,
ν nu, œ oelig, ‾ oline, ω omega, ο omicron, ⊕ oplus, ∨ or vee, ª ordf, º ordm, ø oslash, ⊗ otimes, ¶ para,
∂ part PartialD, ‰ permil, ⊥ perp bottom bot, φ phi, π pi, ϖ piv varpi, ± plusmn pm, £ pound, ′ prime,
∏ prod Product, ∝ prop propto vprop, ψ psi, ⇒ rArr Rightarrow Implies, √ radic Sqrt, ⟩ rang rangle, » raquo,
→ rarr rightarrow, ⌉ rceil RightCeiling, ” rdquo rdquor, ℜ real Re, ® reg circledR REG, ⌋ rfloor RightFloor, ρ rho,
› rsaquo, ’ rsquo rsquor, ‚ sbquo lsquor, § sect, σ sigma, ς sigmaf sigmav varsigma, ∼ sim, ♠ spades spadesuit,
⊂ sub subset, ⊆ sube subseteq, ∑ sum Sum, ⊃ sup supset, ¹ sup1, ² sup2, ³ sup3, ⊇ supe supseteq, ß szlig, τ tau,
∴ there4 therefore, θ theta, ϑ thetasym thetav vartheta, þ thorn, ˜ tilde, × times, ™ trade TRADE, ⇑ uArr Uparrow,
↑ uarr uparrow, ¨ uml, ϒ upsih Upsi, υ upsilon, ℘ weierp wp, ξ xi, ¥ yen, ζ zeta, ' apos, ! excl, # num, $ dollar,
% percnt, ( lpar, ) rpar, * ast, + plus, . period, / sol, : colon, ; semi, = equals, ? quest, @ commat,
[ lbrack lsqb, ] rbrack rsqb, ^ Hat, _ lowbar, \` grave, { lbrace lcub, } rbrace rcub, ≦ lE, ≧ gE, ≪ ll, ≫ gg, ≰ nle,
≱ nge, ⩽ leqslant les, ⩾ geqslant ges, ≃ simeq sime, ≼ prcue, ≺ pr, ≻ sc, ↕ updownarrow varr, ⟶ longrightarrow xrarr,
⟵ longleftarrow xlarr, ⟹ Longrightarrow xrArr, ↦ mapsto map, ↪ hookrightarrow, ↗ nearr, ↘ searr, ↙ swarr, ↖ nwarr,
↝ rarrw, ⇄ rlarr, ⇆ lrarr, ⇌ rlhar, ⇋ lrhar, ∖ setminus, ⊈ nsube, ⊉ nsupe, ⋃ Union bigcup xcup,
⋂ Intersection bigcap xcap, ⋁ Vee, ⋀ Wedge, ∄ nexist, ⊤ top, ⊢ vdash, ⊣ dashv, ⊧ models, ∣ VerticalBar mid, ∤ nmid,
∥ parallel, ∦ npar, ∡ angmsd, ∓ mp mnplus, ∘ compfn, ☆ star, ★ starf bigstar, ⋆ Star, ⊚ ocir, ◯ bigcirc xcirc, ○ cir,
⊖ ominus, ⊙ odot, ⊘ osol, ⋅ sdot, ⊠ timesb, ⊞ plusb, ⊟ minusb, ∐ coprod, ∬ Int, ∮ conint oint, ∭ iiint,
ℏ hbar hslash planck, ℓ ell, ℶ beth, ℷ gimel, ℸ daleth, ϵ epsiv varepsilon straightepsilon,
ϕ phiv varphi straightphi, ϱ rhov varrho, ϰ kappav, ϝ gammad digamma, ℧ mho, Å angst, ✓ check checkmark, ✗ cross,
✠ malt, ✶ sext, ♂ male, ♀ female, ☎ phone, ⌕ telrec, ℗ copysr, ♭ flat, ♮ natural natur, ♯ sharp, □ square squ,
▪ squf blacksquare, ░ blk14, ▒ blk12, ▓ blk34, █ block, ▵ utri triangle, ▴ utrif, ▿ dtri, ▾ dtrif, ▹ rtri, ▸ rtrif,
◃ ltri, ◂ ltrif, ⧫ lozf, ‐ hyphen dash, ― horbar, ‥ nldr, ⋮ vellip, ⋯ ctdot, ⋱ dtdot, ⋰ utdot, ‵ bprime, ‴ tprime,
⁗ qprime, ⁁ caret, ⅓ frac13, ⅔ frac23, ⅕ frac15, ⅖ frac25, ⅗ frac35, ⅘ frac45, ⅙ frac16, ⅚ frac56, ⅛ frac18,
⅜ frac38, ⅝ frac58, ⅞ frac78, ł lstrok, Ł Lstrok, đ dstrok, Đ Dstrok, ħ hstrok, Ħ Hstrok, ŧ tstrok, Ŧ Tstrok,
ı imath inodot, ȷ jmath, ĸ kgreen, Ĳ IJlig, ĳ ijlig, Ŋ ENG, ŋ eng, ŉ napos, ﬀ fflig, ﬁ filig, ﬂ fllig, ﬃ ffilig,
ﬄ ffllig, ⟪ Lang, ⟫ Rang, ❲ lbbrk, ❳ rbbrk, ⌞ llcorner, ⌟ lrcorner, ⌜ ulcorner, ⌝ urcorner, ─ boxh, │ boxv, ┌ boxdr,
┐ boxdl, └ boxur, ┘ boxul, ├ boxvr, ┤ boxvl, ┬ boxhd, ┴ boxhu, ┼ boxvh, ∵ becaus because, № numero, ℅ incare,
‱ pertenk, ℕ naturals Nopf, ℤ Zopf integers, ℝ Ropf reals, ℚ Qopf rationals, ℂ Copf complexes, ℙ Popf primes, ⩓ And,
⩔ Or, ⫬ Not, ⅆ dd DifferentialD, ⅇ ee ExponentialE, ⅈ ii ImaginaryI
`;

/** Those that a list of characters cannot show. */
const UNSEEN: readonly (readonly [string, string])[] = [
  ["\u2003", "emsp"],
  ["\u2002", "ensp"],
  ["\u200e", "lrm"],
  ["\u00a0", "nbsp"],
  ["\"", "quot QUOT"],
  ["\u200f", "rlm"],
  ["\u00ad", "shy"],
  ["\u2009", "thinsp"],
  ["\u200d", "zwj"],
  ["\u200c", "zwnj"],
  ["\u0009", "Tab"],
  ["\u000a", "NewLine"],
  ["\\", "bsol"],
  ["|", "verbar vert"],
  ["\u2004", "emsp13"],
  ["\u2005", "emsp14"],
  ["\u2007", "numsp"],
  ["\u2008", "puncsp"],
  ["\u200a", "hairsp"],
  ["\u205f", "MediumSpace"],
  ["\u200b", "ZeroWidthSpace"],
  ["\u2060", "NoBreak"],
  [",", "comma"],
];

const NAMED = new Map<string, string>();

function named(): ReadonlyMap<string, string> {
  if (NAMED.size > 0) return NAMED;
  const listed = CHARACTERS.trim().split(/,\s/u).map((entry) => [entry.charAt(0), entry.slice(2)] as const);
  for (const [character, names] of [...listed, ...UNSEEN]) for (const name of names.split(" ")) NAMED.set(name, character);
  return NAMED;
}

/** The character of a name, without `&` and `;`; undefined when there is none. */
export function namedCharacter(name: string): string | undefined {
  const known = named().get(name);
  if (known !== undefined) return known;
  const accent = ACCENTS[name.slice(1)];
  const letter = accent === undefined ? "" : (name.charAt(0) + accent).normalize("NFC");
  return letter.length === 1 ? letter : undefined;
}
