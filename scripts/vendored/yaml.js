// What the form reads the text of a routine with: a YAML parser that knows where everything stands.
export { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
