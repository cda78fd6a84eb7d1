/**
 * A program for Python 2 and 3: makes the schema from our table, evaluates a job file as the original's client does,
 * and prints JSON.
 */
export const PYTHON_PROGRAM = `
import io, json, os, sys
import pystachio
from pystachio import *

given = json.load(sys.stdin)
out = sys.stdout
sys.stdout = sys.stderr
names = {}
exec('from pystachio import *', names)

def text(value):
  return value if isinstance(value, str) else value.encode('utf-8')

def type_of(kind):
  which = kind['kind']
  if which == 'enum':
    return String if kind.get('anyCase') else Enum(*[text(word) for word in kind['words']])
  if which in ('struct',):
    return names[text(kind['name'])]
  if which == 'choice':
    return Choice([names[text(name)] for name in kind['names']])
  if which == 'list':
    return List(type_of(kind['of']))
  if which == 'map':
    return Map(String, type_of(kind['of']))
  return {'text': String, 'int': Integer, 'float': Float, 'bool': Boolean}[which]

def field_of(kind, presence, value):
  made = type_of(kind)
  if presence == 'required':
    return Required(made)
  if presence == 'optional':
    return made
  if kind['kind'] == 'struct':
    return Default(made, struct_of(made, value))
  return Default(made, plain(value))

def plain(value):
  if isinstance(value, dict):
    return dict((text(key), plain(inner)) for key, inner in value.items())
  if isinstance(value, list):
    return [plain(inner) for inner in value]
  return text(value) if not isinstance(value, (bool, int, float)) and value is not None else value

def struct_of(made, value):
  return made(**dict((text(key), plain(inner)) for key, inner in (value or {}).items()))

for name, fields in given['structs']:
  body = dict((text(field), field_of(kind, presence, value)) for field, kind, presence, value in fields)
  names[text(name)] = type(Struct)(text(name), (Struct,), body)

Task, Process, Constraint, Resources = [names[one] for one in ('Task', 'Process', 'Constraint', 'Resources')]
names['MesosJob'] = names['Job']
names['Service'] = names['Job'](service=True)
names['DisableLifecycle'] = names['LifecycleConfig']()
names['DefaultLifecycleConfig'] = names['LifecycleConfig'](http=names['HttpLifecycleConfig']())
names['DefaultHealthChecker'] = names['HealthCheckerConfig'](http=names['HttpHealthChecker']())
names['LoggerDestination'] = Enum('file', 'console', 'both', 'none')
names['LoggerMode'] = Enum('standard', 'rotate')
names['Mode'] = Enum('RO', 'RW')
for power, unit in enumerate(('BYTES', 'KB', 'MB', 'GB', 'TB')):
  names[unit] = 1024 ** power

def order(*steps):
  return [Constraint(order=[step if isinstance(step, str) else step.name() for step in steps])]

def SequentialTask(*args, **fields):
  task = Task(*args, **fields)
  if task.processes() is Empty or len(list(task.processes())) == 0:
    return task
  return task(constraints=order(*list(task.processes())))

def SimpleTask(name, command):
  return Task(name=name, processes=[Process(name=name, cmdline=command)],
              resources=Resources(cpu=1.0, ram=1024 ** 3, disk=1024 ** 3))

def number(task, field):
  resources = task.resources()
  value = Empty if resources is Empty else getattr(resources, field)()
  return 0 if value is Empty else value.get()

def united(lists):
  found = []
  for one in lists:
    for item in ([] if one is Empty else list(one)):
      if item not in found:
        found.append(item)
  return found

def merged(tasks, pick, wait, more, fields):
  if not tasks:
    return Task()
  amounts = dict((field, pick([number(task, field) for task in tasks])) for field in ('cpu', 'ram', 'disk', 'gpu'))
  made = tasks[-1](processes=united(task.processes() for task in tasks),
                   constraints=united(task.constraints() for task in tasks) + more,
                   resources=Resources(**amounts),
                   finalization_wait=wait([task.finalization_wait().get() for task in tasks]))
  return made(**fields)

def combine_tasks(*tasks, **fields):
  return merged(tasks, sum, max, [], fields)

def concat_tasks(*tasks, **fields):
  steps = [list(task.processes()) for task in tasks]
  more = [order(one, other)[0] for before, after in zip(steps, steps[1:]) for one in before for other in after if one != other]
  return merged(tasks, max, sum, more, fields)

def options(dashes):
  def flags(*args, **kw):
    pairs = []
    for arg in args:
      pairs.extend(arg.items() if isinstance(arg, dict) else [(arg, None)])
    pairs.extend(kw.items())
    return ' '.join('%s%s%s' % (dashes(key), key, ' %s' % value if value else '') for key, value in pairs)
  return staticmethod(flags)

class Tasks(object):
  combine = staticmethod(combine_tasks)
  concat = staticmethod(concat_tasks)
  simple = staticmethod(SimpleTask)

class Processes(object):
  order = staticmethod(order)

class Options(object):
  java = options(lambda key: '-')
  python = options(lambda key: '-' if len(key) == 1 else '--')

for one in (order, SequentialTask, SimpleTask, combine_tasks, concat_tasks, Tasks, Processes, Options):
  names[one.__name__] = one
names['java_options'], names['python_options'] = Options.java, Options.python

def load(path):
  def include(other):
    load(os.path.join(os.path.dirname(path), other))
    names['include'] = include
  names['include'] = include
  with io.open(path, 'rb') as source:
    exec(compile(source.read(), path, 'exec'), names)

load(text(given['file']))
binds = dict((text(key), text(value)) for key, value in given['binds'].items())
jobs = [job.bind(binds) if binds else job for job in names.get('jobs', [])]

def legacy(job):
  return job.bind({'mesos': {'role': '{{role}}', 'cluster': '{{cluster}}'}, 'thermos': {'user': '{{role}}'}})

out.write(json.dumps([json.loads(legacy(job).interpolate()[0].json_dumps()) for job in jobs]))
`;
