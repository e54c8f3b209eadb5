// Page words: the English sentence is the key; another language's catalogue comes from our own address.
import i18n from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";

if (!i18n.isInitialized) {
  i18n.use(initReactI18next).init({
    lng: "en",
    fallbackLng: false,
    initAsync: false,
    resources: { en: { translation: {} } },
    keySeparator: false,
    nsSeparator: false,
    returnEmptyString: false,
    interpolation: { prefix: "{", suffix: "}", escapeValue: false },
    react: { useSuspense: false },
    showSupportNotice: false,
  });
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufefc]/;
const LETTER = /\p{L}/u;

// A value whose script runs against the sentence is fenced off, so that neither reorders the other.
function fenced(value, rtl) {
  const text = String(value ?? "");
  const against = rtl ? LETTER.test(text) && !RIGHT_TO_LEFT.test(text) : RIGHT_TO_LEFT.test(text);
  return against ? `\u2068${text}\u2069` : text;
}

function placed(values) {
  const rtl = typeof document !== "undefined" && document.documentElement.dir === "rtl";
  const out = { nest: false };
  for (const name in values) out[name] = fenced(values[name], rtl);
  return out;
}

export function useWords() {
  const { t } = useTranslation();
  return (sentence, values) => t(sentence, placed(values));
}

// The plural form of a number; catalogues keep the forms as "one|other" under the singular sentence.
export function useCounted() {
  const { t, i18n: here } = useTranslation();
  return (one, many, n, values) => {
    const form = new Intl.PluralRules(here.language === "ar-XB" ? "en" : here.language).select(n);
    const key = `${one}|${form}`;
    const sentence = here.exists(key) ? key : n === 1 ? one : many;
    return t(sentence, { ...placed(values), n });
  };
}

const loading = new Map();

function catalogue(lang) {
  if (!loading.has(lang)) {
    const early = typeof window !== "undefined" && window.rapportWords;
    const fetched = early && early.lang === lang ? early.ready : fetch(`/words/${lang}.json`).then((answer) => answer.json());
    loading.set(lang, fetched.catch(() => (loading.delete(lang), null)));
  }
  return loading.get(lang);
}

export function currentLanguage() {
  return i18n.language;
}

// Switch in place. The page stays hidden until the words are there, and shows English if they never come.
export async function speak(lang, dir) {
  const html = document.documentElement;
  html.lang = lang;
  html.dir = dir;
  if (i18n.language === lang) {
    delete html.dataset.words;
    return;
  }
  if (lang !== "en" && !i18n.hasResourceBundle(lang, "translation")) {
    html.dataset.words = "waiting";
    const words = await catalogue(lang);
    if (html.lang !== lang) return;
    if (words) i18n.addResourceBundle(lang, "translation", words);
  }
  await i18n.changeLanguage(lang);
  requestAnimationFrame(() => delete html.dataset.words);
}
