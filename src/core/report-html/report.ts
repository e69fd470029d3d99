// The report of checked connections as one HTML file: it asks for nothing else, and is read without scripts, too.
import { text, type Xml } from '../picture/xml.ts';
import { rawText, tag } from './html.ts';
import type { Report } from './model.ts';
import { script, scriptDigest } from './script.ts';
import { aboutSection } from './section/about.ts';
import { flowSection } from './section/flows.ts';
import { misfitSection } from './section/misfits.ts';
import { portSection } from './section/ports.ts';
import { ruleSection } from './section/rules.ts';
import { stateSection } from './section/states.ts';
import { summarySection } from './section/summary.ts';
import { talkerSection } from './section/talkers.ts';
import { styleSheet } from './style.ts';

/** Nothing is loaded, and no other script runs, whatever names a policy has. */
const contentSecurity = `default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptDigest}'; base-uri 'none'; form-action 'none'`;

/** Writes the report. */
export function reportHtml(report: Report): string {
  const title = `Connections held against ${report.policy}`;
  const page = tag(
    'html',
    { lang: 'en' },
    tag(
      'head',
      {},
      tag('meta', { charset: 'utf-8' }),
      tag('meta', { 'http-equiv': 'Content-Security-Policy', content: contentSecurity }),
      tag('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      tag('meta', { name: 'color-scheme', content: 'light dark' }),
      tag('title', {}, text(title)),
      tag('style', {}, rawText(styleSheet)),
    ),
    tag(
      'body',
      {},
      tag('header', {}, tag('h1', {}, text(title)), tag('p', { class: 'about' }, text(originOf(report)))),
      tag('main', {}, sections(report)),
      tag('script', {}, rawText(script)),
    ),
  );
  return `<!doctype html>\n${page.xml}\n`;
}

function originOf({ entries, made }: Report): string {
  return `${entries}, ${made}`;
}

function sections(report: Report): readonly Xml[] {
  return [
    ...summarySection(report),
    ...misfitSection(report),
    ...flowSection(report),
    ...ruleSection(report),
    ...stateSection(report),
    ...talkerSection(report),
    ...portSection(report),
    ...aboutSection(report),
  ];
}
