// The tree as the server tells it, and as the canvas wants it. A place in it is a path of the text: steps/2/then/0.

export function definitionOf(tree) {
  return { properties: {}, sequence: tree.steps.map(stepOf) };
}

function stepOf(step) {
  const { path, name, kind, ways = [] } = step;
  const made = { id: path, componentType: "task", type: slug(kind), name, properties: { ...step, ways: [] } };
  if (!ways.length) return made;
  made.componentType = "switch";
  made.branches = {};
  for (const way of ways) {
    const key = way.path.slice(path.length + 1); // as it stands below its step, wherever that goes
    made.properties.ways.push({ key, title: way.title });
    made.branches[key] = way.steps.map(stepOf);
  }
  return made;
}

export function newStep(kind, name) {
  return { componentType: "task", type: slug(kind), name, properties: { kind, says: "", errors: 0, ways: [] } };
}

export function pathOf(definition, sought) {
  const search = (sequence, path) => {
    if (sequence === sought) return path;
    for (const [index, step] of sequence.entries()) {
      for (const [key, steps] of Object.entries(step.branches ?? {})) {
        const found = search(steps, `${path}/${index}/${key}`);
        if (found) return found;
      }
    }
    return null;
  };
  return search(definition.sequence, "steps");
}

const slug = (kind) => kind.replaceAll(/[^a-z]+/gi, "-");
