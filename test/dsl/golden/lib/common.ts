// Shared definitions, imported by case 22.
import { GB, MB, Process, Resources } from 'aurora';

export const sizes = {
  small: Resources({ cpu: 0.5, ram: 128 * MB, disk: 128 * MB }),
  large: Resources({ cpu: 4, ram: 4 * GB, disk: 10 * GB }),
};
export const clusters = ['north', 'south'];

export const echo = (name: string, text: string) => Process({ name, cmdline: `echo ${text}` });
