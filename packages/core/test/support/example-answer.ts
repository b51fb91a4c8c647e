/** Answer of measure/getmeas in the founding document. */
export const exampleAnswer = {
  status: 0,
  body: {
    updatetime: 1249409679,
    measuregrps: [
      {
        grpid: 2909,
        attrib: 0,
        date: 1222930968,
        category: 1,
        measures: [
          { value: 79300, type: 1, unit: -3 },
          { value: 652, type: 5, unit: -1 },
          { value: 178, type: 6, unit: -1 },
          { value: 14125, type: 8, unit: -3 },
        ],
      },
      { grpid: 2908, attrib: 0, date: 1222930968, category: 1, measures: [{ value: 173, type: 4, unit: -2 }] },
    ],
  },
};
