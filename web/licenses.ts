import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

type Package = { name: string; version: string; license?: string; author?: string | { name: string }; homepage?: string };

/** licenses writes licenses.txt: name, version and licence text of every package that has a module in the build. */
export function licenses(): Plugin {
  return {
    name: 'licenses',
    apply: 'build',
    generateBundle() {
      const folders = new Set<string>();
      for (const id of this.getModuleIds()) {
        const folder = packageFolder(id);
        if (folder) folders.add(folder);
      }

      const notices = [...folders].map(notice).sort((a, b) => (a < b ? -1 : 1));
      const head = 'The pages of Cartograph contain the following packages, each under its own licence.\n';
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: [head, ...notices].join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

/** packageFolder answers the folder of the npm package that a module belongs to, undefined for our own modules. */
function packageFolder(id: string): string | undefined {
  const file = id.replace(/^\0/, '').split('?')[0]!;
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

function notice(folder: string): string {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
  if (!about.license) throw new Error(`${about.name} names no licence`);

  const text = licenseText(folder) ?? `${about.license} License\nCopyright (c) ${holder(about)}\n\n${standardText(about)}`;
  return `${about.name} ${about.version} (${about.license})\n\n${text.replaceAll('\r\n', '\n').trim()}\n`;
}

function licenseText(folder: string): string | undefined {
  const file = readdirSync(folder).sort().find((name) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(name));
  return file && readFileSync(join(folder, file), 'utf8');
}

function holder({ author, name }: Package): string {
  if (!author) return `the authors of ${name}`;
  return typeof author === 'string' ? author : author.name;
}

/** standardText is the text of a licence whose package ships without the file. */
function standardText({ name, license }: Package): string {
  if (license !== 'MIT') throw new Error(`${name} is under ${license} and ships no licence text`);

  return MIT;
}

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;
