/** Globals that no set of weights needs and that attacks use. They are refused by name; unknown others are merely inert. */

const MODULES = new Set([
  '_pickle',
  '_posixsubprocess',
  'asyncio',
  'bdb',
  'cPickle',
  'cProfile',
  'cloudpickle',
  'code',
  'codeop',
  'commands',
  'ctypes',
  'dill',
  'ftplib',
  'http',
  'imp',
  'importlib',
  'joblib',
  'marshal',
  'multiprocessing',
  'nt',
  'os',
  'pdb',
  'pickle',
  'pip',
  'popen2',
  'posix',
  'profile',
  'pty',
  'requests',
  'runpy',
  'shutil',
  'signal',
  'smtplib',
  'socket',
  'ssl',
  'subprocess',
  'sys',
  'telnetlib',
  'timeit',
  'trace',
  'urllib',
  'urllib2',
  'webbrowser',
]);

const BUILTIN_MODULES = new Set(['builtins', '__builtin__', '__builtins__']);

const BUILTINS = new Set([
  '__import__',
  'apply',
  'breakpoint',
  'compile',
  'delattr',
  'eval',
  'exec',
  'execfile',
  'file',
  'getattr',
  'globals',
  'input',
  'locals',
  'map',
  'open',
  'reload',
  'setattr',
  'vars',
]);

const PREFIXES = [
  'torch.hub',
  'torch.utils.cpp_extension',
  'torch._dynamo',
  'torch.fx',
  'numpy.testing',
  'platform.popen',
  'operator.',
  'types.CodeType',
  'types.FunctionType',
  'types.LambdaType',
  'types.MethodType',
];

/** Whether a pickle that names this global is refused. */
export function isForbidden(module: string, attribute: string): boolean {
  const path = `${module}.${attribute}`;
  if (BUILTIN_MODULES.has(module)) return BUILTINS.has(attribute.split('.')[0]!);
  return MODULES.has(module.split('.')[0]!) || PREFIXES.some((prefix) => path.startsWith(prefix));
}
