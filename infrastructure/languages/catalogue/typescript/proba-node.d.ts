// The globals and modules of Node.js, untyped: enough for any program to compile where @types/node is not installed.
declare var console: any;
declare var process: any;
declare var global: any;
declare var require: any;
declare var module: any;
declare var exports: any;
declare var __filename: string;
declare var __dirname: string;
declare var performance: any;
declare function setTimeout(callback: (...args: any[]) => void, ms?: number, ...args: any[]): any;
declare function setInterval(callback: (...args: any[]) => void, ms?: number, ...args: any[]): any;
declare function setImmediate(callback: (...args: any[]) => void, ...args: any[]): any;
declare function clearTimeout(timer: any): void;
declare function clearInterval(timer: any): void;
declare function clearImmediate(timer: any): void;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T): T;
declare class Buffer extends Uint8Array {
    static from(...args: any[]): Buffer;
    static alloc(...args: any[]): Buffer;
    static allocUnsafe(size: number): Buffer;
    static concat(list: readonly Uint8Array[], length?: number): Buffer;
    static byteLength(...args: any[]): number;
    static isBuffer(value: any): value is Buffer;
    toString(encoding?: string, start?: number, end?: number): string;
    write(...args: any[]): number;
    [method: string]: any;
}
declare class TextEncoder { encode(text?: string): Uint8Array; }
declare class TextDecoder { constructor(encoding?: string, options?: any); decode(bytes?: any, options?: any): string; }
declare namespace NodeJS {
    type Timeout = any;
    type ErrnoException = any;
    type ReadableStream = any;
    type WritableStream = any;
}
declare module "assert";
declare module "buffer";
declare module "child_process";
declare module "crypto";
declare module "events";
declare module "fs";
declare module "fs/promises";
declare module "os";
declare module "path";
declare module "perf_hooks";
declare module "process";
declare module "readline";
declare module "readline/promises";
declare module "stream";
declare module "string_decoder";
declare module "timers";
declare module "timers/promises";
declare module "tty";
declare module "url";
declare module "util";
declare module "worker_threads";
declare module "zlib";
declare module "node:*";
