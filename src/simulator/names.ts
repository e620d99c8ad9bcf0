import type { Random } from './random.ts';

/** Given and family names of one alphabet, with the Windows locale number that contact cards carry as LCID. */
interface Alphabet {
  readonly lcid: number;
  readonly given: readonly string[];
  readonly family: readonly string[];
  /** How the two are put together. */
  readonly join: (given: string, family: string) => string;
}

const western = (given: string, family: string): string => `${given} ${family}`;
const eastern = (given: string, family: string): string => `${family}${given}`;

const ALPHABETS: readonly Alphabet[] = [
  { lcid: 1033, given: ['Jaya', 'Maren', 'Odo', 'Lena'], family: ['Holt', "O'Neill", 'Brandt', 'Ashe'], join: western },
  {
    lcid: 1031,
    given: ['Jürgen', 'Zoë', 'Åsa', 'Łukasz'],
    family: ['Müller-Groß', 'Żak', 'Ibáñez', 'Çelik'],
    join: western,
  },
  { lcid: 1066, given: ['Nguyễn', 'Thị', 'Đặng'], family: ['Ánh', 'Hằng', 'Dũng'], join: western },
  { lcid: 1032, given: ['Ελένη', 'Γιώργος'], family: ['Παπαδοπούλου', 'Νικολάου'], join: western },
  { lcid: 1049, given: ['Юлия', 'Пётр'], family: ['Щербакова', 'Ильин'], join: western },
  { lcid: 1025, given: ['فاطمة', 'يوسف'], family: ['الزهراني', 'بن علي'], join: western },
  { lcid: 1037, given: ['נועה', 'יעקב'], family: ['כהן', 'לוי'], join: western },
  { lcid: 1081, given: ['प्रिया', 'विक्रम'], family: ['शर्मा', 'त्रिवेदी'], join: western },
  { lcid: 1054, given: ['สมชาย', 'กัญญา'], family: ['ใจดี', 'ศรีสุข'], join: western },
  { lcid: 1041, given: ['さくら', '健太'], family: ['渡邊', '髙橋'], join: eastern },
  { lcid: 2052, given: ['伟', '秀英'], family: ['王', '𠮷田'], join: eastern },
  { lcid: 1042, given: ['민준', '서연'], family: ['김', '박'], join: eastern },
  // Combining marks (not composed) and characters beyond the Basic Multilingual Plane.
  {
    lcid: 1033,
    given: ['Rene\u0301e', 'A\u030angstro\u0308m'],
    family: ['n\u0303u', 'Sm\u0131\u0307th'],
    join: western,
  },
  { lcid: 1033, given: ['🦊 Fox', '👩‍🔬 Ada', '𝒵oe'], family: ['🚀', 'of the 🏝️'], join: western },
];

/** What a user is called. */
export interface PersonName {
  readonly displayName: string;
  readonly lcid: number;
}

/** A name in one of many alphabets. */
export function personName(random: Random): PersonName {
  const alphabet = random.pick(ALPHABETS);
  return {
    displayName: alphabet.join(random.pick(alphabet.given), random.pick(alphabet.family)),
    lcid: alphabet.lcid,
  };
}
