import type { TestInfo } from "@playwright/test";

/** Tests of what the page says and asks for; CONTRIBUTING.md has the rule. */
const ONCE = "it is about the page's own logic, which Chromium shows for all engines";

/**
 * Why a test is passed over in a browser: the test's title has a tag for what it makes the browser do beyond
 * what a person does, and the browser can't be made to. By the project's name.
 */
const LACKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  firefox: {
    "@webgpu": "on a software adapter Firefox's takes minutes; webgpu.test.ts has one small network on it",
    "@workers": "Firefox's WebDriver runs no scripts in workers",
    "@debugger": "only Chromium's debugger sets quotas and drags folders",
    "@camera": "Firefox's WebDriver gives no camera that shows a file",
    "@clipboard": "Firefox's WebDriver grants no access to the clipboard",
    "@redirects": "Firefox follows no redirect that a test answers with",
    "@axe": "axe-core judges the same page in Chromium",
    "@once": ONCE,
    "@ja": "screenshots in Japanese are taken of Chromium",
    "@touch": "Firefox's WebDriver gives Playwright no touch screen",
    "@dark": "Firefox ESR's WebDriver can't set the colour scheme",
  },
  webkit: {
    "@webgpu": "WebKitGTK has no WebGPU",
    "@workers": "WebKitWebDriver runs no scripts in workers",
    "@debugger": "only Chromium's debugger sets quotas and drags folders",
    "@camera": "WebKitWebDriver gives no camera that shows a file",
    "@clipboard": "WebKitWebDriver grants no access to the clipboard",
    "@phone": "MiniBrowser's window is never as narrow as a phone",
    "@dark": "WebKitWebDriver can't set the colour scheme",
    "@routes": "WebKitWebDriver intercepts no requests",
    "@redirects": "WebKitWebDriver intercepts no requests",
    "@requests": "WebKitWebDriver tells of no requests",
    "@files": "MiniBrowser gives no file of what a page saves",
    "@wheel": "WebKitWebDriver turns the wheel without the keys that are held",
    "@hover": "WebKitWebDriver's pointer is gone after a click",
    "@share": "WebKitWebDriver writes no form into an empty page",
    "@leaves": "WebKitWebDriver loses its handles where a link leads to another page",
    "@axe": "axe-core judges the same page in Chromium",
    "@once": ONCE,
    "@ja": "screenshots in Japanese are taken of Chromium",
    "@init-scripts": "WebKitWebDriver runs no scripts before the page's own",
  },
};

/** Whether the browser can do what the tag says: for a test that does less where it can't. */
export const can = (test: TestInfo, tag: string): boolean => !(tag in (LACKS[test.project.name] ?? {}));

/** Passes a test over where the browser lacks something that it needs. */
export function passOver(test: TestInfo): void {
  const lacks = LACKS[test.project.name] ?? {};
  for (const tag of test.tags) test.skip(tag in lacks, lacks[tag]);
}
