// What the page is drawn with: preact, its hooks, and htm, which reads templates in place of JSX.
import { h } from "preact";
import htm from "htm";

export { Component, Fragment, render } from "preact";
export { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export const html = htm.bind(h);
